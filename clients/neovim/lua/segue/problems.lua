--- After a change that Segue made: what is reported of the buffer then, and the way back where that is more than before.
local M = {}

local SETTLED_MS, LONGEST_MS = 1500, 60000 -- checkers report in several steps

---@class segue.Before
---@field buffer integer
---@field state integer? the state of its undo tree; nil when the change is the last one
---@field problems table<string, integer> how often each problem was reported
---@field count integer

--- The change that is watched, or was the last one.
---@type { before: segue.Before, after: integer, timers: uv.uv_timer_t[], autocmd: integer? }?
local watched

local function state_of(buffer)
  return vim.fn.undotree(buffer).seq_cur
end

--- The errors and warnings of a buffer; a number in a message may change with the lines.
local function reported(buffer)
  local found = vim.diagnostic.get(buffer, { severity = { min = vim.diagnostic.severity.WARN } })
  local counts = {}
  for _, one in ipairs(found) do
    one.key = (one.source or '') .. '\n' .. one.message:gsub('%f[%w_]%d+%f[^%w_]', '0')
    counts[one.key] = (counts[one.key] or 0) + 1
  end
  return counts, found
end

--- The buffer as it is, before a change; or right after it, when nobody has reported anything of the change yet.
---@param state integer?
---@return segue.Before
local function noted(buffer, state)
  local counts, found = reported(buffer)
  return { buffer = buffer, state = state, problems = counts, count = #found }
end

function M.before(buffer)
  return noted(buffer, state_of(buffer))
end

--- For a change that the editor has just made in one step.
function M.just_changed(buffer)
  return noted(buffer)
end

local function stop()
  for _, timer in ipairs(watched and watched.timers or {}) do
    timer:stop()
    if not timer:is_closing() then
      timer:close()
    end
  end
  if watched and watched.autocmd then
    vim.api.nvim_del_autocmd(watched.autocmd)
    watched.autocmd = nil
  end
end

local function is_untouched()
  return vim.api.nvim_buf_is_valid(watched.before.buffer) and state_of(watched.before.buffer) == watched.after
end

local function judge()
  if not is_untouched() then
    stop()
    return
  end
  local _, found = reported(watched.before.buffer)
  local more = #found - watched.before.count
  if more <= 0 then
    return
  end
  stop()
  local left, first = vim.deepcopy(watched.before.problems), nil
  for _, one in ipairs(found) do
    left[one.key] = (left[one.key] or 0) - 1
    first = first or (left[one.key] < 0 and one.message or nil)
  end
  local what = more == 1 and 'there is 1 more problem' or ('there are %d more problems'):format(more)
  vim.notify(
    ('Segue: %s than before the change: %s. `:Segue revert` takes it back.'):format(what, (first or ''):gsub('%.$', '')),
    vim.log.levels.WARN
  )
end

--- Compare what is reported of a buffer from now on with what was reported before it was changed.
---@param before segue.Before
function M.watch(before)
  stop()
  local settled, limit = assert(vim.uv.new_timer()), assert(vim.uv.new_timer())
  watched = { before = before, after = state_of(before.buffer), timers = { settled, limit } }
  limit:start(LONGEST_MS, 0, vim.schedule_wrap(stop))
  watched.autocmd = vim.api.nvim_create_autocmd('DiagnosticChanged', {
    buffer = before.buffer,
    callback = function()
      settled:start(SETTLED_MS, 0, vim.schedule_wrap(judge))
    end,
  })
end

--- Take the last change of Segue back, if nothing was changed since.
function M.revert()
  if not watched or not is_untouched() then
    vim.notify('Segue: there is no change of Segue to take back, or the file has changed since.', vim.log.levels.WARN)
    return
  end
  stop()
  vim.api.nvim_buf_call(watched.before.buffer, function()
    vim.cmd(watched.before.state and ('silent undo %d'):format(watched.before.state) or 'silent undo')
  end)
  watched = nil
end

return M
