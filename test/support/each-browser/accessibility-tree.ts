/**
 * Chromium's accessibility tree of a page as lines of text: what a screen reader is given. A node is a line, indented under the
 * one that holds it: its role, its name, what it is said to be besides, its description. Boxes that mean nothing are left out.
 */
import type { CDPSession, Page } from "playwright-core";

type AxNode = Awaited<ReturnType<typeof fullTree>>[number];

/** Mean nothing by themselves: what is in them stands in their place. */
const BOXES = new Set(["generic", "none", "paragraph", "LabelText", "strong", "ListMarker", "LayoutTable"]);
/** Named by what is in them, or by what says the same: text in them is not said twice. */
const NAMED = new Set(["button", "DisclosureTriangle", "heading", "image", "option", "searchbox", "term", "textbox"]);
/** What is said of a node besides its role and name. */
const STATES = new Set(
  "busy checked disabled expanded focused hasPopup invalid level live modal pressed readonly required selected".split(
    " ",
  ),
);

/** The tree of a page. */
export async function accessibilityTree(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  try {
    const nodes = await fullTree(session);
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    const childrenOf = ({ childIds = [] }: AxNode): readonly AxNode[] =>
      childIds.flatMap((id) => {
        const child = byId.get(id);
        return child === undefined ? [] : [child];
      });
    const linesOf = (node: AxNode): readonly string[] => {
      const role = textOf(node.role);
      if (role === "InlineTextBox" || role === "LineBreak") return [];
      const below = childrenOf(node).flatMap(linesOf);
      if (node.ignored) return below;
      if (role === "StaticText") return [JSON.stringify(textOf(node.name))];
      // Read as one piece, though it is drawn in groups.
      if (role === "code") return [`code ${JSON.stringify(below.map((line) => String(JSON.parse(line))).join(""))}`];
      const said = saidOf(node);
      const isLive = said.includes("[live=");
      if (BOXES.has(role) && !isLive) return below;
      const inside = NAMED.has(role) ? below.filter((line) => !line.startsWith('"')) : below;
      return [`${role}${said}`, ...inside.map((line) => `  ${line}`)];
    };
    const [root] = nodes;
    return root === undefined ? "" : `${linesOf(root).join("\n")}\n`;
  } finally {
    await session.detach();
  }
}

async function fullTree(session: CDPSession) {
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  return nodes;
}

/** All that is said of a node after its role. */
function saidOf({ role, name, value, description, properties = [] }: AxNode): string {
  const states = properties.flatMap(({ name: state, value: { value: how } }) => {
    if (!STATES.has(state) || how === false || how === "false" || how === "off") return [];
    if (state === "level" && textOf(role) !== "heading") return [];
    return [how === true || how === "true" ? ` [${state}]` : ` [${state}=${String(how)}]`];
  });
  const named = textOf(name);
  const [entered, described] = [textOf(value), textOf(description)];
  return [
    named === "" ? "" : ` ${JSON.stringify(named)}`,
    ...states,
    entered === "" ? "" : ` = ${JSON.stringify(entered)}`,
    described === "" ? "" : `, described by ${JSON.stringify(described)}`,
  ].join("");
}

function textOf(value: AxNode["name"]): string {
  const text: unknown = value?.value;
  return typeof text === "string" || typeof text === "number" ? String(text) : "";
}
