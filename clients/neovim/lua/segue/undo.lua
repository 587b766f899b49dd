--- Undo in insert mode.
local M = {}

--- After the cursor was put elsewhere in insert mode: Neovim keeps for undo only what is around the place of its own keys, so the
--- next key has to begin a new change.
function M.begin_change()
  if vim.api.nvim_get_mode().mode:sub(1, 1) == 'i' then
    vim.api.nvim_feedkeys(vim.keycode('<C-g>u'), 'in', false)
  end
end

return M
