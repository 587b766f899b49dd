--- Pausing and restarting the server.
local rpc = require('segue.rpc')

local M = {}

local MOST_DEATHS, WITHIN_MS = 5, 180000
local deaths = {} --- when servers died

--- A server ended. One that died is started again at once: a buffer that is edited while no server is there tells the next one
--- nothing of its changes (Neovim keeps it for attached).
function M.ended(code, signal)
  local asked = code == 0 and (signal == 0 or signal == 15)
  vim.schedule(function()
    if asked or vim.v.exiting ~= vim.NIL then
      return
    end
    local now = vim.uv.now()
    deaths = vim.tbl_filter(function(at)
      return now - at < WITHIN_MS
    end, deaths)
    deaths[#deaths + 1] = now
    if #deaths > MOST_DEATHS then
      return vim.notify('Segue: the server keeps stopping. `:Segue restart` tries again, `:checkhealth segue` looks for the cause.', vim.log.levels.ERROR)
    end
    require('segue').attach_all()
  end)
end

--- Pause suggestions, or resume them.
function M.toggle()
  local client = require('segue').client(0)
  if not client then
    return vim.notify('Segue is not running here.')
  end
  local params = { command = 'segue.toggle', arguments = {} }
  rpc.request(client, 'workspace/executeCommand', params, function(_, status)
    if status then
      require('segue.status').update(status)
      vim.notify('Segue: ' .. status.message)
    end
  end, 0)
end

--- Stop every server and start one for each buffer that had one.
function M.restart()
  local buffers = {}
  for _, client in ipairs(vim.lsp.get_clients({ name = 'segue' })) do
    vim.list_extend(buffers, vim.lsp.get_buffers_by_client_id(client.id))
    if vim.fn.has('nvim-0.11') == 1 then
      client:stop()
    else
      client.stop()
    end
  end
  vim.defer_fn(function()
    for _, buffer in ipairs(buffers) do
      require('segue').attach(buffer)
    end
  end, 500)
end

return M
