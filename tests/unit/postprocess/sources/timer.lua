local Timer = {}
Timer.__index = Timer

function Timer.new(seconds)
  local self = setmetatable({}, Timer)
  self.left = seconds
  self.listeners = {}
  return self
end

function Timer:tick(passed)
  self.left = self.left - passed
  if self.left <= 0 then
    for _, listener in ipairs(self.listeners) do
      listener(self)
    end
  else
    return self.left
  end
end

return Timer
