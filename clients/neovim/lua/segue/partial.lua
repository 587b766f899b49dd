--- Partial results of our own requests, which come as progress with the token that the request named.
local M = {}

---@type table<string, fun(value: table)>
local waiting = {}
local count = 0

--- Return a token whose values go to `receive`, until `finish` is called with it.
---@param receive fun(value: table)
---@return string
function M.expect(receive)
  count = count + 1
  local token = 'segue-partial-' .. count
  waiting[token] = receive
  return token
end

---@param token string
function M.finish(token)
  waiting[token] = nil
end

--- The handler of progress: what is not ours goes where it went before.
function M.handler(failure, params, context, config)
  local receive = params and waiting[params.token]
  if receive then
    receive(params.value)
  else
    return vim.lsp.handlers['$/progress'](failure, params, context, config)
  end
end

return M
