"""Everything outside the integration in one example: simulator, ledger, issuer, acquirer, shopper, network, clock."""
