/** What the customer is told when a confirmation could not be asked for or does not count. Each says that nothing was paid. */
import { EnquirerError, ReceiptError } from "../../enquirer/index.ts";

/** Why no confirmation came of it, as sentences for the customer. */
export function problemOf(error: unknown): string {
  const reason = error instanceof EnquirerError ? enquirerProblem(error) : otherProblem(error);
  return `${reason} Nothing was paid.`;
}

/** Why an account's devices could not be looked up. */
export function lookupProblemOf(error: unknown): string {
  if (error instanceof EnquirerError && error.status === 404) return "Its broker does not know this account.";
  return error instanceof EnquirerError ? enquirerProblem(error) : otherProblem(error);
}

function enquirerProblem(error: EnquirerError): string {
  switch (error.code) {
    case "usage":
      return `The request could not be written: ${error.message}`;
    case "no_pin":
      return "No device is linked that could confirm.";
    case "no_presence":
      return "No linked device can prove that you gave your fingerprint or PIN.";
    case "code_locked":
      return "Too many wrong codes were typed for this account.";
    case "device_replaced":
      return "Your confirmation service replaced your linked device. Link the new one, and compare its fingerprint.";
    case "device_revoked":
      return "Your linked device was revoked. Link the one that you use now, and compare its fingerprint.";
    case "undeliverable":
      return undeliverable(error.status);
    case "untrusted_answer":
      return "The answer that came was not given by your linked device for this payment, so it does not count.";
    case "broker_key_changed":
      return "The confirmation service answers with another key than before, so its answers do not count.";
  }
}

function undeliverable(status: number | undefined): string {
  switch (status) {
    case undefined:
    case 503:
      return "The confirmation service cannot be reached at the moment.";
    case 403:
      return "Your confirmation service does not take requests from this bank.";
    case 404:
      return "Your confirmation service does not know this account or request.";
    case 429:
      return "There are too many open requests. Answer those in your co-browser first.";
    default:
      return `The confirmation service refused the request (${status}).`;
  }
}

function otherProblem(error: unknown): string {
  return error instanceof ReceiptError
    ? "The answer that came does not verify, so it does not count."
    : "The confirmation failed inside the bank.";
}
