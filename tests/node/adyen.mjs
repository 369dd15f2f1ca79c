// The official SDK, pointed at `paypact serve --tls` by its services' base URL. Prints what it saw as one JSON object.
import { createServer } from "node:http";
import adyen from "@adyen/api-library"; // CommonJS: its names are not seen from here one by one

const { CheckoutAPI, Client, EnvironmentEnum } = adyen;
const HmacValidator = adyen.hmacValidator;

const { url, credentials, hook } = JSON.parse(process.env.SERVED);
const client = new Client({ apiKey: credentials.api_key, environment: EnvironmentEnum.TEST });
const pointed = (service) => {
  service.baseUrl = service.baseUrl.replace("https://checkout-test.adyen.com", url);
  return service;
};
const payments = pointed(new CheckoutAPI(client).PaymentsApi);
const modifications = pointed(new CheckoutAPI(client).ModificationsApi);
const merchantAccount = credentials.merchant_account;
const RETURN = "https://shop.example/back";
const saw = {};

const pay = (number, reference, more = {}) =>
  payments.payments({
    merchantAccount,
    reference,
    returnUrl: RETURN,
    amount: { value: 1099, currency: "EUR" },
    paymentMethod: {
      type: "scheme",
      encryptedCardNumber: `test_${number}`,
      encryptedExpiryMonth: "test_03",
      encryptedExpiryYear: "test_2030",
      encryptedSecurityCode: "test_737",
      ...more,
    },
  });

const items = [];
const heard = new Promise((resolve) => {
  createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const item = JSON.parse(Buffer.concat(parts)).notificationItems[0].NotificationRequestItem;
      items.push([new HmacValidator().validateHMAC(item, credentials.hmac_key), item]);
      response.end("[accepted]");
      if (item.eventCode === "REFUND") resolve();
    });
  }).listen(hook, "127.0.0.1");
});

const approved = await pay("4111111111111111", "order-1");
saw.approve = [approved.resultCode, approved.merchantReference];

const declined = await pay("4111111111111111", "order-2", { holderName: "DECLINED" });
saw.decline = [declined.resultCode, typeof declined.refusalReason];

const challenged = await pay("4917610000000000", "order-3");
const page = challenged.action.url;
const back = await fetch(page, { method: "POST", body: new URLSearchParams({ result: "passed" }), redirect: "manual" });
const location = new URL(back.headers.get("location"));
const finished = await payments.paymentsDetails({
  details: { redirectResult: location.searchParams.get("redirectResult") },
});
saw.challenge = [challenged.resultCode, location.origin + location.pathname === RETURN, finished.resultCode];

const refund = await modifications.refundCapturedPayment(approved.pspReference, {
  merchantAccount,
  amount: { value: 99, currency: "EUR" },
});
saw.refund = [refund.status, refund.amount.value];
await fetch(`${url}/_paypact/clock`, { method: "POST", body: JSON.stringify({ forward: 3600 }) });

await heard;
const told = items.find(([, item]) => item.eventCode === "AUTHORISATION" && item.merchantReference === "order-1");
saw.webhook = [items.every(([valid]) => valid), told[1].success, items.at(-1)[1].eventCode];

const stranger = pointed(new CheckoutAPI(new Client({ apiKey: "unknown", environment: EnvironmentEnum.TEST })).PaymentsApi);
saw.unauthenticated = await stranger.paymentMethods({ merchantAccount }).catch((error) => [error.name, error.statusCode]);

console.log(JSON.stringify(saw));
process.exit(0);
