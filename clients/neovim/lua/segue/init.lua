--- Segue for Neovim: ghost text, next edits and a status component, from 0.10 on.
local M = {}

---@class segue.Config
M.config = {
  cmd = { 'segue', 'serve' },
  --- Files in which Segue works; nil means every ordinary file.
  ---@type string[]?
  filetypes = nil,
  root_markers = { '.git', 'pyproject.toml', 'package.json', 'go.mod', 'Cargo.toml' },
  --- The server's settings, as in docs/configuration.md: { model = { provider = 'none' } }.
  settings = {},
  ghost_text = true,
  next_edits = true,
  keys = {
    --- Takes ghost text, or goes to the next edit and there applies it; otherwise it stays what it was.
    accept = '<Tab>',
    accept_word = '<M-Right>',
    accept_line = '<M-Down>',
    next = '<M-]>',
    previous = '<M-[>',
    dismiss = '<C-]>',
    --- The same as `accept` in normal mode, for next edits.
    next_edit = '<Tab>',
  },
}

--- The client of a buffer, if it is attached and running.
---@param buffer integer?
---@return vim.lsp.Client?
function M.client(buffer)
  return vim.lsp.get_clients({ name = 'segue', bufnr = buffer or 0 })[1]
end

local function is_ordinary(buffer)
  local types = M.config.filetypes
  local filetype = vim.bo[buffer].filetype
  return vim.bo[buffer].buftype == ''
    and vim.bo[buffer].modifiable
    and filetype ~= 'gitcommit'
    and filetype ~= 'gitrebase'
    and vim.api.nvim_buf_get_name(buffer) ~= ''
    and (types == nil or vim.tbl_contains(types, filetype))
end

--- Start the server for a buffer, or attach the one that serves its folder already.
---@param buffer integer
function M.attach(buffer)
  if not is_ordinary(buffer) then
    return
  end
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.experimental = { segue = { refresh = true, status = true, placeholders = true, problems = true } }
  vim.lsp.start({
    name = 'segue',
    cmd = M.config.cmd,
    root_dir = vim.fs.root(buffer, M.config.root_markers) or vim.fs.dirname(vim.api.nvim_buf_get_name(buffer)),
    capabilities = capabilities,
    init_options = { segue = M.config.settings },
    settings = { segue = M.config.settings },
    on_exit = function(code, signal)
      require('segue.server').ended(code, signal)
    end,
    handlers = {
      ['$/progress'] = require('segue.partial').handler,
      didChangeStatus = function(_, status)
        require('segue.status').update(status)
      end,
      ['segue/refresh'] = function(_, params)
        if params.feature == 'nextEdits' then
          require('segue.next_edit').refresh(params)
        else
          require('segue.ghost').refresh(params)
        end
      end,
    },
  }, {
    bufnr = buffer,
    reuse_client = function(client, config) -- 0.10's own would take one that has ended
      return client.name == config.name and client.config.root_dir == config.root_dir and not require('segue.rpc').is_stopped(client)
    end,
  })
end

--- Attach every buffer that is loaded.
function M.attach_all()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) then
      M.attach(buffer)
    end
  end
end

--- Turn Segue on. Everything has a default; see |segue|.
---@param options segue.Config?
function M.setup(options)
  M.config = vim.tbl_deep_extend('force', M.config, options or {})
  local group = vim.api.nvim_create_augroup('segue', { clear = true })
  vim.api.nvim_create_autocmd({ 'FileType', 'BufWinEnter' }, {
    group = group,
    callback = function(event)
      M.attach(event.buf)
    end,
  })
  vim.api.nvim_create_autocmd('BufEnter', {
    group = group,
    callback = function(event)
      local client = M.client(event.buf)
      if client then
        require('segue.rpc').notify(client, 'textDocument/didFocus', { textDocument = { uri = vim.uri_from_bufnr(event.buf) } })
      end
    end,
  })
  vim.lsp.commands['segue.assist.tests'] = function(command, context)
    require('segue.tests').run(command, context)
  end
  vim.lsp.commands['segue.assist.edit'] = function(command, context)
    require('segue.change').run(command, context)
  end
  vim.lsp.commands['segue.compareProblems'] = function(command)
    local buffer = vim.uri_to_bufnr(command.arguments[1])
    require('segue.problems').watch(require('segue.problems').just_changed(buffer))
  end
  if M.config.ghost_text then
    require('segue.ghost').setup(group)
  end
  if M.config.next_edits then
    require('segue.next_edit').setup(group)
    require('segue.diagnostics').setup(group)
  end
  require('segue.keys').setup()
  M.attach_all()
end

return M
