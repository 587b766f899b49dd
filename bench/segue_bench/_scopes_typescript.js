// Print, for each file named on stdin, what the TypeScript compiler says its identifiers refer to:
// {"path", "names": [[start, declarations, member]]}, in UTF-16 units, one JSON object a line.
const ts = require(process.argv[2])
const fs = require('fs')

const options = {
  allowJs: true, checkJs: false, noLib: true, noResolve: true, jsx: ts.JsxEmit.Preserve,
  target: ts.ScriptTarget.ESNext, types: [],
}

function symbolOf(checker, node) {
  const parent = node.parent
  if (ts.isShorthandPropertyAssignment(parent) && parent.name === node) {
    return checker.getShorthandAssignmentValueSymbol(parent)
  }
  if (ts.isExportSpecifier(parent) && !parent.parent.parent.moduleSpecifier && (parent.propertyName ?? parent.name) === node) {
    return checker.getExportSpecifierLocalTargetSymbol(parent)
  }
  return checker.getSymbolAtLocation(node)
}

function isMember(node) {
  const parent = node.parent
  return (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isQualifiedName(parent) && parent.right === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) || ts.isJsxAttribute(parent)
}

for (const path of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const program = ts.createProgram([path], options)
  const checker = program.getTypeChecker()
  const file = program.getSourceFile(path)
  const names = []
  const visit = (node) => {
    if ((ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) && node.getEnd() > node.getStart(file)) {
      let symbol
      try { symbol = symbolOf(checker, node) } catch { symbol = undefined }
      const declared = (symbol?.declarations ?? []).filter((one) => one.getSourceFile() === file)
      const starts = declared.map((one) => (ts.getNameOfDeclaration(one) ?? one).getStart(file))
      names.push([node.getStart(file), starts, isMember(node)])
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  console.log(JSON.stringify({ path, names }))
}
