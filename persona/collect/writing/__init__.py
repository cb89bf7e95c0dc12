"""Letters, diaries, mail, books, documents and scans."""
