"""The Learn page: the lessons on manifold learning.

Python says which words. Everything else stays in the browser (web/learn/page.js), which asks the API for what it
computes with.
"""

from app.pages import LEARN
from app.routes import assets
from app.text import lesson_strings, strings
from app.views.component import component
from app.views.header import language

component("explorer_lessons", LEARN.module)(
    {
        "library": assets.plotly_file(),
        "language": language(),
        "strings": strings(language()) | lesson_strings(language()),
    },
    key="lessons",
)
