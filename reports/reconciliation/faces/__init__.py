"""The statement as it is read: JSON, PDF, XLSX, with their tables and charts."""
