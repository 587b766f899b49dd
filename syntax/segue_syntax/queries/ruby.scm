(class name: [(constant) @name (scope_resolution name: (_) @name)]) @definition.class
(module name: [(constant) @name (scope_resolution name: (_) @name)]) @definition.module
(method name: (_) @name) @definition.function
(singleton_method name: (_) @name) @definition.method
(alias name: (_) @name) @definition.method
(assignment left: (constant) @name) @definition.constant
(assignment left: (instance_variable) @name) @definition.field
(call method: (identifier) @_attr arguments: (argument_list (simple_symbol) @name)
  (#match? @_attr "^(attr_accessor|attr_reader|attr_writer|scope|has_many|has_one|belongs_to|define_method|delegate)$")) @definition.field

(call method: (identifier) @_require
  (#match? @_require "^(require|require_relative|load|autoload)$")) @import
