"""Ready statements (待签声明): manifests that ran on the national platform, made from its export for the firm to sign (docs/books.md)."""
