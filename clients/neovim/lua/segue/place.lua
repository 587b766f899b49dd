--- Which code of the current buffer a request is about.
local M = {}

--- The lines of a command's range, or the cursor; ranges of LSP need no encoding at the beginning of a line.
---@param command { range: integer, line1: integer, line2: integer }?
function M.of(command)
  local buffer = vim.api.nvim_get_current_buf()
  local place = { textDocument = { uri = vim.uri_from_bufnr(buffer), version = vim.api.nvim_buf_get_changedtick(buffer) } }
  if command and command.range > 0 then
    place.range = {
      start = { line = command.line1 - 1, character = 0 },
      ['end'] = { line = command.line2, character = 0 },
    }
  else
    place.position = { line = vim.api.nvim_win_get_cursor(0)[1] - 1, character = 0 }
  end
  return place
end

return M
