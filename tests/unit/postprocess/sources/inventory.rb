require "json"

module Example
  class Inventory
    attr_reader :items

    def initialize(path)
      @path = path
      @items = {}
    end

    def load
      JSON.parse(File.read(@path)).each do |name, count|
        @items[name] = count.to_i
      end
      self
    end

    def take(name, count = 1)
      if @items.fetch(name, 0) < count
        raise ArgumentError, "not enough #{name}"
      else
        @items[name] -= count
      end
    end

    def report
      @items.sort.map { |name, count| "#{name}: #{count}" }.join("\n")
    end
  end
end
