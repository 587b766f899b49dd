#include <stdlib.h>
#include <string.h>

struct buffer {
    char *data;
    size_t length;
    size_t capacity;
};

static int grow(struct buffer *buffer, size_t wanted) {
    size_t capacity = buffer->capacity ? buffer->capacity : 16;
    while (capacity < wanted) {
        capacity *= 2;
    }
    char *data = realloc(buffer->data, capacity);
    if (data == NULL) {
        return -1;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return 0;
}

int buffer_append(struct buffer *buffer, const char *text) {
    size_t added = strlen(text);
    if (buffer->length + added > buffer->capacity) {
        if (grow(buffer, buffer->length + added) != 0) {
            return -1;
        }
    }
    memcpy(buffer->data + buffer->length, text, added);
    buffer->length += added;
    return 0;
}

void buffer_free(struct buffer *buffer) {
    free(buffer->data);
    memset(buffer, 0, sizeof(*buffer));
}
