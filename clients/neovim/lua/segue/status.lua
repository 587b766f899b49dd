--- The state of the server, for a status line: %{v:lua.require'segue.status'.text()}
local M = {}

---@type table?
M.last = nil

function M.update(status)
  M.last = status
  vim.cmd.redrawstatus()
end

--- A few characters for a status line, and why nothing is shown; empty where Segue is not attached.
---@return string
function M.text()
  if not require('segue').client(0) then
    return ''
  end
  local status = M.last
  if not status then
    return 'segue …'
  end
  local marks = { Normal = '✓', Warning = '!', Error = '✗', Inactive = '⏸' }
  local silence = (status.segue or {}).silence
  local why = silence and silence ~= '' and (' ' .. silence) or ''
  return 'segue ' .. (status.busy and '…' or marks[status.kind] or '') .. why
end

--- One sentence about what Segue does, and why it is silent.
---@return string
function M.sentence()
  local status = M.last
  if not status then
    return 'The server has said nothing yet.'
  end
  local details = status.segue or {}
  local silent = details.silence and details.silence ~= ''
  return status.message .. (silent and (' Nothing is shown: ' .. details.silence .. '.') or '')
end

return M
