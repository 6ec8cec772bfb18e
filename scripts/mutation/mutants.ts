/** Small changes to a source, each of which should make a test fail. */
import ts from "typescript";

/** A source with one thing changed. */
export interface Mutant {
  /** From 1. */
  readonly line: number;
  /** What stood there, and what stands there now. */
  readonly change: string;
  readonly source: string;
}

/** What takes an operator's or a word's place: a neighbour that is easily written by mistake. */
const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ["<", "<="],
  ["<=", "<"],
  [">", ">="],
  [">=", ">"],
  ["===", "!=="],
  ["!==", "==="],
  ["&&", "||"],
  ["||", "&&"],
  ["??", "&&"],
  ["+", "-"],
  ["-", "+"],
  ["*", "/"],
  ["/", "*"],
  ["%", "*"],
  ["+=", "-="],
  ["-=", "+="],
  ["++", "--"],
  ["true", "false"],
  ["false", "true"],
  ["break", "continue"],
]);

/** Gives all mutants of a source, in its order. */
export function mutantsOf(source: string): Mutant[] {
  const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const change = (node: ts.Node, now: string) => {
    const start = node.getStart(file);
    const { line } = file.getLineAndCharacterOfPosition(start);
    mutants.push({
      line: line + 1,
      change: `${node.getText(file)} → ${now}`,
      source: source.slice(0, start) + now + source.slice(node.end),
    });
  };
  const visit = (node: ts.Node): void => {
    // Types are gone when the program runs, and what stands in a message is for people.
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node)) return;
    if (ts.isTypeAliasDeclaration(node) || ts.isThrowStatement(node) || isRefusal(node)) return;
    if (ts.isNumericLiteral(node)) change(node, String(Number(node.text) + 1));
    else if (isReplaceable(node)) change(node, REPLACEMENTS.get(node.getText(file))!);
    ts.forEachChild(node, visit);
    // What follows a statement is often what it is there for.
    if (ts.isIfStatement(node)) change(node.expression, "false");
  };
  visit(file);
  return mutants;

  /** What parsers of files throw with. */
  function isRefusal(node: ts.Node): boolean {
    return ts.isCallExpression(node) && node.expression.getText(file) === "refuse";
  }

  function isReplaceable(node: ts.Node): boolean {
    return node.getChildCount(file) === 0 && REPLACEMENTS.has(node.getText(file));
  }
}
