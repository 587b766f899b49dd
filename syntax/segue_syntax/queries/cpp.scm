(class_specifier name: (_) @name body: (_) @body) @definition.class
(namespace_definition name: (_) @name body: (_) @body) @definition.module
(alias_declaration name: (type_identifier) @name) @definition.type
(concept_definition name: (identifier) @name) @definition.type
(function_definition declarator: (function_declarator declarator: (field_identifier) @name) body: (_) @body) @definition.method
(function_definition declarator: (_ (function_declarator declarator: (field_identifier) @name)) body: (_) @body) @definition.method
(function_definition declarator: (reference_declarator (function_declarator declarator: (identifier) @name)) body: (_) @body) @definition.function
(function_definition declarator: (function_declarator
  declarator: (qualified_identifier scope: (_) @container.text name: (_) @name)) body: (_) @body) @definition.method
(function_definition declarator: (_ (function_declarator
  declarator: (qualified_identifier scope: (_) @container.text name: (_) @name))) body: (_) @body) @definition.method
(function_definition declarator: (function_declarator declarator: [(destructor_name) (operator_name)] @name) body: (_) @body) @definition.method
(field_declaration declarator: (function_declarator declarator: (field_identifier) @name)) @definition.method
(field_declaration declarator: (_ (function_declarator declarator: (field_identifier) @name))) @definition.method
(field_declaration declarator: (reference_declarator (field_identifier) @name)) @definition.field
(field_declaration_list (declaration declarator: (function_declarator declarator: (identifier) @name)) @definition.method)
(namespace_definition body: (declaration_list (declaration declarator: [(identifier) @name
  (init_declarator declarator: (identifier) @name)]) @definition.variable))
(using_declaration) @import
