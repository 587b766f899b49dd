<?php

namespace Example;

class Cart
{
    private array $items = [];

    public function add(string $name, int $price, int $count = 1): self
    {
        if ($count < 1) {
            throw new \InvalidArgumentException("count must be positive");
        }
        $this->items[] = ['name' => $name, 'price' => $price, 'count' => $count];
        return $this;
    }

    public function total(): int
    {
        $total = 0;
        foreach ($this->items as $item) {
            $total += $item['price'] * $item['count'];
        }
        return $total;
    }
}
