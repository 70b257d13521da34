import assert from "node:assert/strict";
import fc from "fast-check";
import { createColors } from "picocolors";
import { cut, Screen } from "../../../driver/terminal/screen";
import { FakeTerminal } from "../../support/terminal";

describe("lines that are drawn again in their place", () => {
  it("take the place of those before them, also when there are fewer, and leave what is above", () => {
    const terminal = new FakeTerminal();
    const screen = new Screen(terminal);
    terminal.write("$ cyan rollout\n");
    screen.draw(["a longer line", "two", "three"]);
    screen.draw(["one", "2"]);
    assert.equal(terminal.text, "$ cyan rollout\none\n2");
  });

  it("stay below what is printed, until they are erased", () => {
    const terminal = new FakeTerminal();
    const screen = new Screen(terminal);
    screen.draw(["one", "two"]);
    screen.print("moved");
    assert.equal(terminal.text, "moved\none\ntwo");
    screen.erase();
    screen.print("ended");
    assert.equal(terminal.text, "moved\nended");
  });

  it("are cut to the terminal's width and height, so that none breaks or scrolls away", () => {
    const terminal = new FakeTerminal(10, 4);
    const screen = new Screen(terminal);
    for (let time = 0; time < 3; time += 1) screen.draw(["0123456789", "0123456789ab", "3", "4", "5"]);
    assert.equal(terminal.text, "0123456789\n012345678…\n3");
  });

  it("are found again on a terminal that has become narrower, which has broken them", () => {
    const terminal = new FakeTerminal(40);
    const screen = new Screen(terminal);
    terminal.write("$ cyan\n");
    screen.draw(["a".repeat(35), "b".repeat(20)]);
    terminal.resize(12);
    screen.draw(["new", "x".repeat(20)]);
    assert.equal(terminal.text, `$ cyan\nnew\n${"x".repeat(11)}…`);
    terminal.resize(60);
    screen.draw(["wide"]);
    assert.equal(terminal.text, "$ cyan\nwide");
  });

  it("show at last what was drawn last, whatever came before", () => {
    const act = fc.oneof(
      fc.record({ draw: fc.array(fc.string({ unit: fc.constantFrom("a", "b", " ") }), { maxLength: 30 }) }),
      fc.record({ resize: fc.integer({ min: 1, max: 30 }) }),
    );
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const terminal = new FakeTerminal(20, 200);
        const screen = new Screen(terminal);
        for (const each of acts) {
          if ("draw" in each) screen.draw(each.draw);
          else terminal.resize(each.resize);
        }
        terminal.resize(20);
        screen.draw(["last"]);
        assert.equal(terminal.text, "last");
      }),
    );
  });
});

describe("a line that is cut", () => {
  it("keeps its paint, and ends it", () => {
    const { red } = createColors(true);
    assert.equal(cut(`${red("abcdef")} gh`, 4), red("abc…"));
    assert.equal(cut(`ab${red("cd")}`, 4), `ab${red("cd")}`);
    assert.deepEqual([cut("abc", 1), cut("abc", 0)], ["…", ""]);
  });

  it("is not cut within a character", () => {
    assert.equal(cut("👩‍👩‍👧é and more", 3), "👩‍👩‍👧é…");
  });
});
