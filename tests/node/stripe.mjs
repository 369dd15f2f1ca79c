// The official SDK, pointed at `paypact serve` by what its own options offer. Prints what it saw as one JSON object.
import { createServer } from "node:http";
import Stripe from "stripe";

const { url, credentials, hook } = JSON.parse(process.env.SERVED);
const { protocol, hostname, port } = new URL(url);
const stripe = new Stripe(credentials.secret_key, {
  protocol: protocol.slice(0, -1),
  host: hostname,
  port,
  maxNetworkRetries: 0,
  telemetry: false,
});
const RETURN = "https://shop.example/back";
const saw = {};

const pay = (method) =>
  stripe.paymentIntents.create({
    amount: 1099,
    currency: "eur",
    payment_method: method,
    confirm: true,
    return_url: RETURN,
  });

const events = [];
const heard = new Promise((resolve) => {
  createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      const event = stripe.webhooks.constructEvent(body, request.headers["stripe-signature"], credentials.webhook_secret);
      events.push(event);
      response.end();
      if (event.type === "charge.refunded") resolve();
    });
  }).listen(hook, "127.0.0.1");
});

const approved = await pay("pm_card_visa");
saw.approve = [approved.status, approved.amount_received];

saw.decline = await pay("pm_card_visa_chargeDeclinedLostCard").catch((error) => [
  error.type,
  error.code,
  error.decline_code,
  error.payment_intent.status,
]);

const challenged = await pay("pm_card_authenticationRequired");
const page = challenged.next_action.redirect_to_url.url;
const back = await fetch(page, { method: "POST", body: new URLSearchParams({ result: "passed" }), redirect: "manual" });
const params = new URL(back.headers.get("location")).searchParams;
const passed = await stripe.paymentIntents.retrieve(params.get("payment_intent"));
saw.challenge = [challenged.status, back.headers.get("location").startsWith(RETURN), params.get("redirect_status"), passed.status];

const refund = await stripe.refunds.create({ payment_intent: approved.id, amount: 99 });
saw.refund = [refund.status, refund.amount];

await heard;
const told = events.find((event) => event.type === "payment_intent.succeeded");
saw.webhook = [told.data.object.id === approved.id, told.data.object.status];
saw.unauthenticated = await new Stripe("sk_test_" + "unknown", { protocol: protocol.slice(0, -1), host: hostname, port, maxNetworkRetries: 0 }).balance
  .retrieve()
  .catch((error) => [error.type, error.statusCode]);

console.log(JSON.stringify(saw));
process.exit(0);
