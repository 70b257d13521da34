import { type LiveTerminal } from "../../driver/terminal/live-report";

/** A row of the screen; `broken` when the line goes on in the next one. */
interface Row {
  text: string;
  broken: boolean;
}

/** A terminal as a screen shows it: it knows what Screen writes, and nothing else. */
export class FakeTerminal implements LiveTerminal {
  private shown: Row[] = [{ text: "", broken: false }];
  private at = { row: 0, column: 0 };
  private readonly watching = new Set<() => void>();

  constructor(
    public columns = 60,
    public rows = 24,
  ) {}

  /** What can be seen and scrolled back to, without empty lines at the end. */
  get text(): string {
    return this.lines().join("\n").trimEnd();
  }

  get listeners(): number {
    return this.watching.size;
  }

  write(text: string): boolean {
    for (const [, up, end, text_, feed] of text.matchAll(
      // eslint would have no control characters in a pattern.
      new RegExp("\\u001b\\[(\\d+)A|\\u001b\\[([KJ])|([^\\u001b\\n\\r]+)|([\\n\\r])|\\u001b\\[[0-9;]*m", "g"),
    )) {
      if (up !== undefined) this.at.row = Math.max(this.top(), this.at.row - Number(up));
      else if (end !== undefined) this.clear(end);
      else if (text_ !== undefined) this.type(text_);
      else if (feed === "\r") this.at.column = 0;
      else if (feed === "\n") this.newLine(false);
    }
    return true;
  }

  on(_: "resize", changed: () => void): void {
    this.watching.add(changed);
  }

  off(_: "resize", changed: () => void): void {
    this.watching.delete(changed);
  }

  /** Breaks what no longer fits, as terminals do, and tells. The cursor is at the end. */
  resize(columns: number): void {
    const lines = this.lines();
    this.columns = columns;
    this.shown = lines.flatMap((line) => {
      const parts = line.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""];
      return parts.map((text, index) => ({ text, broken: index < parts.length - 1 }));
    });
    this.at = { row: this.shown.length - 1, column: 0 };
    for (const tell of this.watching) tell();
  }

  /** The lowest row that the cursor can go up to. */
  private top(): number {
    return Math.max(0, this.shown.length - this.rows);
  }

  private lines(): string[] {
    const lines: string[] = [];
    let goesOn = false;
    for (const { text, broken } of this.shown) {
      if (goesOn) lines.push((lines.pop() ?? "") + text);
      else lines.push(text);
      goesOn = broken;
    }
    return lines;
  }

  private row(): Row {
    return (this.shown[this.at.row] ??= { text: "", broken: false });
  }

  private type(text: string): void {
    for (const character of Array.from(text)) {
      if (this.at.column >= this.columns) this.newLine(true);
      const row = this.row();
      const before = Array.from(row.text.padEnd(this.at.column));
      before[this.at.column] = character;
      row.text = before.join("");
      this.at.column += 1;
    }
  }

  private newLine(broken: boolean): void {
    this.row().broken = broken;
    this.at = { row: this.at.row + 1, column: 0 };
    this.row();
  }

  private clear(what: string): void {
    this.row().text = Array.from(this.row().text).slice(0, this.at.column).join("");
    if (what === "J") this.shown.length = this.at.row + 1;
  }
}
