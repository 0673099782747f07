/** The two drafts, by the numbers in their names. Inside there is one model, that of -01; the codec knows both forms. */
export const DRAFTS = ["00", "01"] as const;

export type Draft = (typeof DRAFTS)[number];
