"""The desk of a firm's clerk (企业经办人): what can go today and what stops the rest, new manifests, what waits for a signature, what is left."""
