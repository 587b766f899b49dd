if vim.g.loaded_segue then
  return
end
vim.g.loaded_segue = true

-- Plugin managers make help tags; who only extends 'runtimepath' has none. A folder that cannot be written keeps none.
local doc = vim.fs.joinpath(vim.fs.dirname(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2))), 'doc')
if not vim.uv.fs_stat(vim.fs.joinpath(doc, 'tags')) then
  pcall(vim.cmd.helptags, vim.fn.fnameescape(doc))
end

local actions = {
  status = function()
    vim.notify(require('segue.status').sentence())
  end,
  edits = function()
    require('segue.next_edit').request(true, true)
  end,
  edit = function()
    require('segue.next_edit').request(true)
  end,
  dismiss = function()
    require('segue.next_edit').dismiss()
    require('segue.ghost').dismiss()
  end,
  suggest = function()
    require('segue.ghost').request(1)
  end,
  explain = function()
    vim.lsp.buf.code_action({ context = { only = { 'segue.explain' }, diagnostics = {} }, apply = true })
  end,
  comment = function()
    vim.lsp.buf.code_action({ context = { only = { 'refactor.rewrite.segue' }, diagnostics = {} }, apply = true })
  end,
  ask = function(question, command)
    require('segue.ask').ask(question, command)
  end,
  change = function(instruction, command)
    require('segue.change').change(instruction, command)
  end,
  tests = function()
    require('segue.tests').write()
  end,
  fix = function()
    require('segue.fix').fix()
  end,
  revert = function()
    require('segue.problems').revert()
  end,
  pause = function()
    require('segue.server').toggle()
  end,
  connect = function(address)
    require('segue.connect').connect(address)
  end,
  restart = function()
    require('segue.server').restart()
  end,
}

vim.api.nvim_create_user_command('Segue', function(command)
  local name, rest = command.args:match('^(%S+)%s*(.*)$')
  local action = actions[name]
  if action then
    action(rest, command)
  else
    vim.notify('Segue: there is no ' .. command.args .. '; try ' .. table.concat(vim.fn.sort(vim.tbl_keys(actions)), ', '))
  end
end, {
  nargs = '+',
  range = true,
  complete = function(start)
    return vim.tbl_filter(function(name)
      return vim.startswith(name, start)
    end, vim.fn.sort(vim.tbl_keys(actions)))
  end,
  desc = 'Segue: status, next edits, ask, change, fix, revert, tests, explain, comment, connect, pause, restart',
})
