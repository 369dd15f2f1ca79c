"""Running cells as pytest items: collecting, selecting, adding up, and starting pytest for the commands."""
