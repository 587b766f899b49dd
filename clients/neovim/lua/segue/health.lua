--- :checkhealth segue
local M = {}

function M.check()
  local health = vim.health
  local segue = require('segue')
  health.start('Segue')
  if vim.fn.has('nvim-0.10') == 0 then
    return health.error('Neovim 0.10 or newer is needed.')
  end
  local program = segue.config.cmd[1]
  if vim.fn.executable(program) == 0 then
    return health.error(program .. ' is not on the PATH.', {
      "Install it from the checkout of Segue: pipx install '.[local]', or uv tool install '.[local]'",
      "or name it: require('segue').setup({ cmd = { '/path/to/segue', 'serve' } })",
    })
  end
  health.ok('server: ' .. vim.fn.exepath(program))
  local clients = vim.lsp.get_clients({ name = 'segue' })
  if #clients == 0 then
    health.warn('The server is not running.', "Open a file, and call require('segue').setup() in your configuration.")
  else
    health.ok(('running, %d client(s), positions in %s'):format(#clients, clients[1].offset_encoding))
    health.info(require('segue.status').sentence())
  end
  for _, key in ipairs(require('segue.keys').left_alone) do
    health.warn(key .. ' was mapped already and is left as it is.', "Choose another key: setup({ keys = { accept = '...' } })")
  end
  for _, client in ipairs(vim.lsp.get_clients()) do
    if client.name ~= 'segue' and client.name:lower():find('copilot') then
      health.warn(client.name .. ' suggests code too; the editor shows whichever answers first.')
    end
  end
end

return M
