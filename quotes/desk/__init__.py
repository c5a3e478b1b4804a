"""A desk for people without a shell: a page on this machine alone, for articles to be dropped on and reviewed.

request → is it from this page?                                  `guard`
bytes of an article → its records and its page for reviewing     `reading`
the routes                                                       `app`
a port, a token, a server                                        `serving`
"""

from quotes.desk.serving import serve

__all__ = ["serve"]
