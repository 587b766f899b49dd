-- What two buffers hold, where the cursor is, and what Segue draws: for the test of random keys.
local names = ...
local texts, drawn = {}, { ghost = {}, hint = {} }
for _, name in ipairs(names) do
  table.insert(texts, table.concat(vim.api.nvim_buf_get_lines(vim.fn.bufnr(name), 0, -1, false), '\n'))
end
local function add(space, mark, chunks)
  for _, chunk in ipairs(chunks) do
    if space == 'segue.ghost' then
      table.insert(drawn.ghost, chunk[1])
    elseif chunk[2] == 'SegueHint' then
      table.insert(drawn.hint, chunk[1])
    end
  end
end
for _, space in ipairs({ 'segue.ghost', 'segue.next_edit' }) do
  local id = vim.api.nvim_create_namespace(space)
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, id, 0, -1, { details = true })) do
    add(space, mark, mark[4].virt_text or {})
    for _, line in ipairs(mark[4].virt_lines or {}) do
      add(space, mark, line)
    end
  end
end
local cursor = vim.api.nvim_win_get_cursor(0)
return {
  texts = texts,
  name = vim.fs.basename(vim.api.nvim_buf_get_name(0)),
  row = cursor[1] - 1,
  column = cursor[2],
  mode = vim.api.nvim_get_mode().mode,
  ghost = table.concat(drawn.ghost, '\n'),
  hint = table.concat(drawn.hint, ' '),
  keys = vim.g.segue_keys,
}
