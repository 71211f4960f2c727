"""E-mail: formal acts are told by it as well."""
