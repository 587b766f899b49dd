--- Fixes for the problems of the cursor's line, whichever server or linter reported them.
local M = {}

--- A diagnostic of Neovim as LSP writes it; what came from a server is given back as it came.
local function to_lsp(one)
  local given = one.user_data and one.user_data.lsp
  return {
    range = {
      start = { line = one.lnum, character = one.col },
      ['end'] = { line = one.end_lnum or one.lnum, character = one.end_col or one.col },
    },
    severity = one.severity,
    message = one.message,
    source = one.source,
    code = one.code or (given and given.code),
  }
end

--- Offer the quick fixes of the line. Neovim itself tells a server its own problems only.
function M.fix()
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local problems = vim.tbl_map(to_lsp, vim.diagnostic.get(0, { lnum = row }))
  vim.lsp.buf.code_action({
    context = { only = { 'quickfix' }, diagnostics = #problems > 0 and problems or nil, triggerKind = 1 },
  })
end

return M
