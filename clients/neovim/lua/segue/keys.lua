--- The keys. A key that the user mapped already is left alone; `:checkhealth segue` then says so.
local M = {}

---@type string[] keys that were left alone
M.left_alone = {}

--- Neovim's own mapping of Tab goes through a snippet; ours does that too.
local function is_free(mode, key)
  local mapping = vim.fn.maparg(key, mode, false, true)
  return vim.tbl_isempty(mapping) or (mapping.desc or ''):find('snippet') ~= nil
end

local function map(mode, key, action, description)
  if not key or key == '' then
    return
  end
  if not is_free(mode, key) then
    M.left_alone[#M.left_alone + 1] = mode .. ' ' .. key
    return
  end
  -- No expression: what a key does is done before the next key that waits is read.
  vim.keymap.set(mode, key, function()
    if not action() then
      vim.api.nvim_feedkeys(vim.keycode(key), 'in', false)
    end
  end, { desc = 'Segue: ' .. description })
end

local function in_indentation()
  local column = vim.api.nvim_win_get_cursor(0)[2]
  return not vim.api.nvim_get_current_line():sub(1, column):find('%S')
end

local function accept()
  if vim.snippet and vim.snippet.active({ direction = 1 }) then
    vim.snippet.jump(1)
    return true
  end
  if vim.fn.pumvisible() == 1 then
    return false
  end
  if require('segue.ghost').accept() then
    return true
  end
  local next_edit = require('segue.next_edit')
  return (next_edit.owns_tab() or not in_indentation()) and next_edit.jump_or_apply()
end

function M.setup()
  local keys = require('segue').config.keys
  local ghost, next_edit = require('segue.ghost'), require('segue.next_edit')
  map('i', keys.accept, accept, 'accept, or follow the next edit')
  map('n', keys.next_edit, next_edit.jump_or_apply, 'go to the next edit, or apply it')
  map('i', keys.next, function()
    ghost.cycle(1)
    return true
  end, 'another suggestion')
  map('i', keys.previous, function()
    ghost.cycle(-1)
    return true
  end, 'the suggestion before')
  map('i', keys.dismiss, function()
    ghost.dismiss()
    next_edit.dismiss()
    return true
  end, 'dismiss')
  map('i', keys.accept_word, function()
    return ghost.accept('word')
  end, 'accept a word')
  map('i', keys.accept_line, function()
    return ghost.accept('line')
  end, 'accept a line')
end

return M
