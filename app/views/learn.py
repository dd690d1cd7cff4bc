"""The Learn page: the lessons on manifold learning.

Python says which words. Everything else stays in the browser (web/learn/page.js), which asks the API for what it
computes with.
"""

from app import resources
from app.pages import LEARN
from app.routes import assets
from app.text import lesson_strings, strings
from app.views.component import component
from app.views.header import language
from model.data.catalogue import title_of

component("explorer_lessons", LEARN.module)(
    {
        "library": assets.plotly_file(),
        "language": language(),
        "datasets": {name: title_of(name, language()) for name in resources.dataset_names()},
        "strings": strings(language()) | lesson_strings(language()),
    },
    key="lessons",
)
