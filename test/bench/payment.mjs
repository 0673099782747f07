/** What is asked in the bench: a payment, each with a number of its own, so that no two requests are the same. */
let last = 0;

/** The SRML of one more payment. */
export function nextPayment() {
  last += 1;
  return (
    "<srml><h1>Pay 1,200.00 EUR to Bob Baker</h1><p>To the account DE02 1203 0000 0000 2020 51 at Ethel's Bank</p>" +
    `<p>From your account DE75 5121 0800 1245 1261 99, on the next working day</p><p>Invoice ${last}</p></srml>`
  );
}

/** Who asks in the bench: of a domain that is not the broker's. */
export const FROM = "payments@ethel.example";
