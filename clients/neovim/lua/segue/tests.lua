--- Tests for the definition at the cursor, written into the file of its tests, which is shown then.
local rpc = require('segue.rpc')

local M = {}

local function send(client, params)
  vim.notify('Segue: asking the model…')
  rpc.request(client, 'segue/tests', params, function(failure, answer)
    if failure then
      vim.notify('Segue: ' .. failure.message, vim.log.levels.WARN)
      return
    end
    vim.lsp.util.apply_workspace_edit(answer.edit, client.offset_encoding)
    local buffer = vim.uri_to_bufnr(answer.uri)
    local last = vim.api.nvim_buf_line_count(buffer) - 1
    if answer.created and last > 0 and vim.api.nvim_buf_get_lines(buffer, last, -1, false)[1] == '' then
      vim.api.nvim_buf_set_lines(buffer, last, -1, false, {}) -- the line that the new buffer had
    end
    vim.cmd('botright split ' .. vim.fn.fnameescape(vim.uri_to_fname(answer.uri)))
    vim.cmd('normal! G')
    if #(answer.notes or {}) > 0 then
      vim.notify('Segue: ' .. table.concat(answer.notes, ' '))
    end
  end)
end

function M.write()
  local client = require('segue').client()
  if client then
    send(client, require('segue.place').of())
  else
    vim.notify('Segue does not run in this buffer', vim.log.levels.WARN)
  end
end

--- A code action of the server that writes tests.
function M.run(command, context)
  local client = vim.lsp.get_client_by_id(context.client_id)
  if client then
    send(client, command.arguments[1])
  end
end

return M
