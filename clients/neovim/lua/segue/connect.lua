--- Finds a model server, tries one of its models, and lets the server write the choice down.
local rpc = require('segue.rpc')

local M = {}

local function say(message, level)
  vim.notify('Segue: ' .. message, level or vim.log.levels.INFO)
end

local function use(client, endpoint, model, key)
  say('asking ' .. (model ~= '' and model or endpoint) .. ' ...')
  local params = { endpoint = endpoint, model = model, key = key }
  rpc.request(client, 'segue/connect', params, function(failure, answer)
    if failure or not answer.works then
      say(failure and failure.message or answer.problem, vim.log.levels.ERROR)
      return
    end
    say(table.concat(answer.done, ' ') .. ' ' .. answer.completion)
  end)
end

--- Every model of the servers, as { server, name, label }.
local function choices(servers)
  local found = {}
  for _, server in ipairs(servers) do
    local before = #found
    for _, model in ipairs(server.models) do
      if #model.uses > 0 then
        local label = ('%s  (%s; %s)'):format(model.name, table.concat(model.uses, ', '), server.title)
        table.insert(found, { server = server, name = model.name, label = label })
      end
    end
    if #found == before then
      table.insert(found, { server = server, name = '', label = server.title .. ' at ' .. server.endpoint })
    end
  end
  return found
end

local function choose(client, servers, key, endpoint)
  local options = { prompt = 'Model', format_item = function(item) return item.label end }
  vim.ui.select(choices(servers), options, function(item)
    if item then
      use(client, endpoint or item.server.endpoint, item.name, key)
    end
  end)
end

local at_address
function at_address(client, endpoint, key)
  rpc.request(client, 'segue/findServers', { endpoint = endpoint, key = key }, function(failure, answer)
    if failure then
      say(failure.message, vim.log.levels.ERROR)
    elseif answer.reason == 'no_key' and key == '' then
      local given = vim.fn.inputsecret('Key of ' .. endpoint .. ': ')
      if given ~= '' then
        at_address(client, endpoint, given)
      end
    elseif answer.problem ~= '' then
      say(answer.problem, vim.log.levels.ERROR)
    else
      choose(client, answer.servers, key, endpoint)
    end
  end)
end

--- Look on this machine, or at an address in any form.
---@param endpoint string?
function M.connect(endpoint)
  local client = require('segue').client()
  if not client then
    say('open a file first, so that the server runs', vim.log.levels.WARN)
    return
  end
  if endpoint and endpoint ~= '' then
    at_address(client, endpoint, '')
    return
  end
  rpc.request(client, 'segue/findServers', vim.empty_dict(), function(failure, answer)
    if failure then
      say(failure.message, vim.log.levels.ERROR)
    elseif #answer.servers == 0 then
      say('no model server answers on this machine; name an address: :Segue connect ADDRESS', vim.log.levels.WARN)
    else
      choose(client, answer.servers, '')
    end
  end)
end

return M
