package example;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A queue that refuses more than it can hold. */
public final class Queue<T> {
    private final Deque<T> items = new ArrayDeque<>();
    private final int limit;

    public Queue(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be positive: " + limit);
        }
        this.limit = limit;
    }

    /** Adds an item, and says whether there was room. */
    public boolean offer(T item) {
        if (items.size() >= limit) {
            return false;
        }
        items.addLast(item);
        return true;
    }

    public Optional<T> poll() {
        try {
            return Optional.of(items.removeFirst());
        } catch (java.util.NoSuchElementException empty) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (T item : items) {
            out.append(item).append('\n');
        }
        return out.toString();
    }
}
