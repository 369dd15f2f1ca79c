// The official SDK in its environment for development, whose host and port come from GATEWAY_HOST and GATEWAY_PORT.
// Prints what it saw as one JSON object. Braintree's 3-D Secure is over before the shop's server hears of the card.
import { createServer } from "node:http";
import braintree from "braintree";

const { url, credentials, hook } = JSON.parse(process.env.SERVED);
const known = {
  environment: braintree.Environment.Development,
  merchantId: credentials.merchant_id,
  publicKey: credentials.public_key,
  privateKey: credentials.private_key,
};
const gateway = new braintree.BraintreeGateway(known);
const saw = {};

const pay = (nonce, amount, more = {}) =>
  gateway.transaction.sale({
    amount, // another one each time: the same again would be taken for a double submission
    merchantAccountId: "paypact_eur",
    paymentMethodNonce: nonce,
    options: { submitForSettlement: true, ...more },
  });

const heard = new Promise((resolve, reject) => {
  createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const form = new URLSearchParams(Buffer.concat(parts).toString());
      response.end();
      gateway.webhookNotification.parse(form.get("bt_signature"), form.get("bt_payload")).then(resolve, reject);
    });
  }).listen(hook, "127.0.0.1");
});

const approved = await pay("fake-valid-visa-nonce", "10.99");
saw.approve = [approved.success, approved.transaction.status, approved.transaction.creditCard.cardType];

const declined = await pay("fake-processor-declined-visa-nonce", "11.99");
saw.decline = [declined.success, declined.transaction.status, declined.transaction.processorResponseCode];

const passed = await pay("fake-three-d-secure-visa-full-authentication-nonce", "12.99", { threeDSecure: { required: true } });
saw.challenge = [passed.success, passed.transaction.threeDSecureInfo.liabilityShifted];

await fetch(`${url}/_paypact/clock`, { method: "POST", body: JSON.stringify({ forward: 3 * 86400 }) });
const settled = await gateway.transaction.find(approved.transaction.id);
const refund = await gateway.transaction.refund(approved.transaction.id, "0.99");
saw.refund = [settled.status, refund.success, refund.transaction.type, refund.transaction.amount];

const told = await heard;
saw.webhook = [told.kind, told.transaction.id === approved.transaction.id];

const stranger = new braintree.BraintreeGateway({ ...known, privateKey: "unknown" });
saw.unauthenticated = await stranger.transaction.find(approved.transaction.id).catch((error) => error.type);

console.log(JSON.stringify(saw));
process.exit(0);
