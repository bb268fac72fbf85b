"""The page of a rehearsal's report."""

from lantoa.management.rehearse.page import page

TEXT = "# Diễn <tập>\n\nĐạt.\n\n## Số\n\n| việc | số | lần |\n| --- | --- | --- |\n| a | 1.419 | hai |\n| b | 12 ms | 3 |\n"


def test_columns_of_numbers_stand_at_their_end_and_others_do_not():
    shown = page("Diễn <tập>", TEXT)
    assert '<td class="n">1.419</td>' in shown
    assert '<th class="n">số</th>' in shown
    assert "<td>3</td>" in shown


def test_the_head_of_the_report_is_the_head_of_the_page():
    head, _, rest = page("Diễn <tập>", TEXT).partition("</header>")
    assert "<h1>Diễn &lt;tập&gt;</h1><p>Đạt.</p>" in head
    assert rest.startswith("<main><h2>Số</h2>")
