"""What people read of every code: text, what to do, source, who can lift it; in Chinese and English."""
