--- Telling the server what other sources report: a model is asked for next edits where errors are.
local rpc = require('segue.rpc')

local M = {}

--- Sends all errors of a buffer that somebody else reports.
function M.report(buffer)
  local client = require('segue').client(buffer)
  if not client then
    return
  end
  local severity = vim.diagnostic.severity.ERROR
  local diagnostics = vim.tbl_map(function(found)
    local place = { line = found.lnum, character = found.col }
    return { range = { start = place, ['end'] = place }, severity = severity, message = found.message }
  end, vim.diagnostic.get(buffer, { severity = severity }))
  rpc.notify(client, 'segue/didChangeDiagnostics', {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    diagnostics = diagnostics,
  })
end

function M.setup(group)
  vim.api.nvim_create_autocmd('DiagnosticChanged', {
    group = group,
    callback = function(event)
      M.report(event.buf)
    end,
  })
end

return M
