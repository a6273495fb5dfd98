import type { Size } from "./layout";

/** How a text is set: pixels and weight. */
export interface Font {
  size: number;
  weight: number;
}

const FAMILY = '"Inter Variable", Inter, system-ui, sans-serif';
/** What a browser sets is a hair wider than what it measures. */
const SLACK = 1.01;
/** Of a letter in sizes of its font, where there is nothing to measure with. */
const LETTER = 0.58;

let pen: CanvasRenderingContext2D | null | undefined;

/** How wide a text is on one line, in pixels. */
export function widthOf(text: string, { size, weight }: Font): number {
  if (pen === undefined) pen = document.createElement("canvas").getContext("2d");
  if (!pen) return text.length * size * LETTER;
  pen.font = `${weight} ${size}px ${FAMILY}`;
  // Pages have digits of one width.
  return pen.measureText(text.replace(/\d/g, "0")).width * SLACK;
}

/** How many lines a text takes within a width; a word that is longer than a line is broken anywhere. */
export function linesOf(text: string, font: Font, width: number): number {
  const space = widthOf(" ", font);
  let lines = 1;
  let used = 0;
  for (const piece of text.match(/[^\s-]*-+\s*|[^\s-]+\s*/g) ?? []) {
    const word = piece.trimEnd();
    const wide = widthOf(word, font);
    if (used + wide <= width) {
      used += wide;
    } else {
      if (used > 0) lines += 1;
      const more = Math.ceil(wide / width) - 1;
      lines += more;
      used = wide - more * width;
    }
    if (word !== piece) used += space;
  }
  return lines;
}

export const BOX_WIDTH = 184;
const PADDING = { x: 10, y: 8 };
const BORDER = 1;
/** The shape before a title, and the space behind it. */
const SHAPE = 21;
const GAP = 2;
const INSIDE = BOX_WIDTH - 2 * (PADDING.x + BORDER);
const TITLE = { size: 13, weight: 500, line: 18 };
const TEXT = { size: 11, weight: 400, line: 16 };
/** Between the second line and what stands right of it. */
const ASIDE_GAP = 6;
/** More lines than this of what is no name, say of a message, are cut. */
export const MOST_LINES = 4;

/** How high a box has to be for all that it says. */
export function heightOf(box: { title: string; text?: string; aside?: string }): number {
  const titled = linesOf(box.title, TITLE, INSIDE - SHAPE);
  const text = box.text ?? "";
  const together =
    widthOf(text, TEXT) + (box.aside ? widthOf(box.aside, TEXT) + ASIDE_GAP : 0) <= INSIDE;
  const lines = together
    ? 1
    : Math.min(linesOf(text, TEXT, INSIDE), MOST_LINES) + (box.aside && text ? 1 : 0);
  return 2 * (PADDING.y + BORDER) + titled * TITLE.line + GAP + lines * TEXT.line;
}

const LABEL = { size: 11, weight: 400, line: 14 };
const LABEL_WIDTH = 150;
const LABEL_PADDING = 4;

/** The room of the words on a line: no wider than their lines need. */
export function labelSize(label: string): Size {
  const lines = linesOf(label, LABEL, LABEL_WIDTH);
  let wide = Math.ceil(widthOf(label, LABEL) / lines);
  while (wide < LABEL_WIDTH && linesOf(label, LABEL, wide) > lines) wide += 4;
  return { width: wide + 2 * LABEL_PADDING, height: lines * LABEL.line + 2 };
}
