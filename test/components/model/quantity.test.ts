import assert from "node:assert/strict";
import fc from "fast-check";
import { parseQuantity } from "../../../components/model/quantity";

describe("a quantity", () => {
  it("is read in each of its notations", () => {
    const quantities: [string, number][] = [
      ["0", 0],
      ["2", 2],
      ["0.5", 0.5],
      ["250m", 0.25],
      ["128Mi", 134_217_728],
      ["1k", 1000],
      ["1Ki", 1024],
      ["1e3", 1000],
      ["12E-1", 1.2],
      ["1E", 1e18],
    ];
    for (const [text, value] of quantities) assert.equal(parseQuantity(text), value, text);
  });

  it("is nothing else", () => {
    for (const text of ["", "lots", "128 Mi", "-1", "1mi", "1.", "Mi", "1e", "0x10", "1Mim"]) {
      assert.equal(parseQuantity(text), undefined, text);
    }
  });

  it("means as many thousandths as are written", () => {
    fc.assert(
      fc.property(fc.nat(), (count) => {
        assert.ok(Math.abs((parseQuantity(`${count}m`) ?? NaN) - count / 1000) <= count * 1e-12);
      }),
    );
  });
});
