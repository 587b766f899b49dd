/* Parses the texts that come on standard input, each also after an edit, and answers each with "+".
   A text is its length (32 bits, little-endian) and its bytes. Built with -fsanitize=address by sanitizer.py. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <tree_sitter/api.h>

extern const TSLanguage *GRAMMAR(void);

typedef struct {
  const char *bytes;
  uint32_t length;
} Text;

static const char *read_text(void *payload, uint32_t offset, TSPoint point, uint32_t *length) {
  const Text *text = payload;
  (void)point;
  *length = offset < text->length ? text->length - offset : 0;
  return text->bytes + (offset < text->length ? offset : text->length);
}

static bool is_late(TSParseState *state) {
  return clock() > *(const clock_t *)state->payload;
}

static TSTree *parse(TSParser *parser, TSTree *old, Text *text) {
  clock_t until = clock() + BUDGET_S * CLOCKS_PER_SEC;
  TSInput input = {text, read_text, TSInputEncodingUTF8, NULL};
  TSParseOptions options = {&until, is_late};
  TSTree *tree = ts_parser_parse_with_options(parser, old, input, options);
  ts_parser_reset(parser);
  return tree;
}

int main(void) {
  TSParser *parser = ts_parser_new();
  if (!ts_parser_set_language(parser, GRAMMAR())) return 2;
  uint32_t length;
  while (fread(&length, sizeof length, 1, stdin) == 1) {
    char *bytes = malloc(length ? length : 1); /* of this size, so that one byte too far is seen */
    if (fread(bytes, 1, length, stdin) != length) return 3;
    Text text = {bytes, length};
    TSTree *tree = parse(parser, NULL, &text);
    if (tree != NULL) {
      uint32_t middle = length / 2, removed = length - middle < 3 ? length - middle : 3;
      for (uint32_t at = middle; at + removed < length; at++) bytes[at] = bytes[at + removed];
      TSInputEdit edit = {middle, middle + removed, middle, {0, middle}, {0, middle + removed}, {0, middle}};
      ts_tree_edit(tree, &edit);
      text.length -= removed;
      TSTree *changed = parse(parser, tree, &text);
      if (changed != NULL) ts_tree_delete(changed);
      ts_tree_delete(tree);
    }
    free(bytes);
    putchar('+');
    fflush(stdout);
  }
  return 0;
}
