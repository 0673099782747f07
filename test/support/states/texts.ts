/** What senders write in the states, in the languages in which pictures are taken. */
export interface Texts {
  readonly payment: Text;
  readonly access: Text & { readonly buttons: readonly { readonly label: string; readonly value: string }[] };
  readonly contract: Text;
  readonly login: Text;
}

interface Text {
  readonly heading: string;
  readonly paragraphs: readonly string[];
}

const ENGLISH: Texts = {
  payment: { heading: "Pay 240.00 EUR", paragraphs: ["To: Ada Wong, NL91 ABNA 0417 1643 00", "For: invoice 2026-118"] },
  access: {
    heading: "Open the server room?",
    paragraphs: ["Asked at the door of building 3."],
    buttons: [
      { label: "15 minutes", value: "15m" },
      { label: "The whole day", value: "day" },
      { label: "Cancel", value: "cancel" },
    ],
  },
  contract: {
    heading: "Sign the rental contract",
    paragraphs: Array.from(
      { length: 12 },
      (_, index) =>
        `${String(index + 1)}. The tenant returns the flat in the state in which it was handed over, apart from what ` +
        "use as agreed has worn, and says so in writing three months before.",
    ),
  },
  login: { heading: "Log in at Ethel", paragraphs: ["From a new device in Rotterdam."] },
};

const ARABIC: Texts = {
  payment: {
    heading: "ادفع 240.00 يورو",
    paragraphs: ["إلى: Ada Wong، NL91 ABNA 0417 1643 00", "السبب: الفاتورة 2026-118"],
  },
  access: {
    heading: "هل تفتح غرفة الخوادم؟",
    paragraphs: ["طُلب عند باب المبنى 3."],
    buttons: [
      { label: "15 دقيقة", value: "15m" },
      { label: "طوال اليوم", value: "day" },
      { label: "إلغاء", value: "cancel" },
    ],
  },
  contract: {
    heading: "وقّع عقد الإيجار",
    paragraphs: Array.from(
      { length: 12 },
      (_, index) =>
        `${String(index + 1)}. يعيد المستأجر الشقة بالحالة التي تسلمها بها، باستثناء ما أبلاه الاستعمال المتفق عليه، ` +
        "ويعلن ذلك كتابةً قبل ثلاثة أشهر.",
    ),
  },
  login: { heading: "تسجيل الدخول إلى Ethel", paragraphs: ["من جهاز جديد في روتردام."] },
};

/** The senders' words for users of a language. @param language - a BCP 47 tag */
export function textsIn(language: string): Texts {
  return language.startsWith("ar") ? ARABIC : ENGLISH;
}
