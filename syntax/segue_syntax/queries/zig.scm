(function_declaration name: (identifier) @name body: (_)? @body) @definition.function
(variable_declaration . (identifier) @name (struct_declaration) @body) @definition.struct
(variable_declaration . (identifier) @name (union_declaration) @body) @definition.struct
(variable_declaration . (identifier) @name (enum_declaration) @body) @definition.enum
(variable_declaration . (identifier) @name (error_set_declaration) @body) @definition.enum
(container_field name: (identifier) @name) @definition.field
(enum_declaration (container_field name: (identifier) @name) @definition.constant)
(source_file (variable_declaration . (identifier) @name) @definition.variable)

(variable_declaration (builtin_function)) @import
(variable_declaration (field_expression object: (builtin_function))) @import
