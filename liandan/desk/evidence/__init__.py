"""What proves what a firm has done: receipts, certificates, bundles, signed refusals; kept by the firm itself, verified without this server."""
