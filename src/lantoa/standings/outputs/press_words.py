"""The sentences of the press text, in both languages."""

from __future__ import annotations

from lantoa.lib.written import Language

WORDS: dict[Language, dict[str, str]] = {
    "vi": {
        "headline": "{registered_rough} người tham gia Cuộc thi “{name}”",
        "headline_open": "Cuộc thi “{name}” mở từ ngày {first} đến hết ngày {last}",
        "since_today": "ngay trong ngày đầu tiên",
        "since_day": "sau 1 ngày triển khai",
        "since_days": "sau {days} ngày triển khai",
        "since_over": "khi cuộc thi đã khép lại",
        "lead": "Tính đến {clock}, {since}, Cuộc thi “{name}” đã có {registered_rough} người đăng ký, {done}.",
        "done": "trong đó {finished_rough} người đã hoàn thành bài thi",
        "nobody_done": "chưa có người hoàn thành bài thi",
        "drawn": " Cuộc thi thu hút {crowd} người ở {place} học và thi trực tuyến.",
        "figures": "Cuộc thi đã ghi nhận **{registered}** thí sinh đăng ký tham gia, {those}{tried} và "
        "**{visits_rough}** lượt truy cập.",
        "in_all_units": "trong đó **{finished}** người thuộc tất cả **{units}** đơn vị đã hoàn thành bài thi",
        "in_units": "trong đó **{finished}** người thuộc **{finished_units}** trong {units} đơn vị "
        "đã hoàn thành bài thi",
        "not_yet": "chưa có ai hoàn thành bài thi",
        "attempts": ", với **{attempts}** lượt thi",
        "share": "Số người hoàn thành bằng {share} số người đăng ký.",
        "each": "Trung bình mỗi người hoàn thành đã thi {each} lượt.",
        "of_all": "Tính trên {population} người dân của các đơn vị, tỷ lệ hoàn thành đạt {of_all}.",
        "and": " và ",
        "followed": ", tiếp theo là {names}",
        "leads_registered": "Về số người đăng ký, dẫn đầu là {name} với {value} người{followed}.",
        "share_lead_registered": "Về số người đăng ký, {names} cùng dẫn đầu, mỗi nơi {value} người.",
        "many_lead_registered": "Về số người đăng ký, {number} đơn vị cùng dẫn đầu, mỗi nơi {value} người.",
        "leads_finished": "Về số người hoàn thành, dẫn đầu là {name} với {value} người{followed}.",
        "share_lead_finished": "Về số người hoàn thành, {names} cùng dẫn đầu, mỗi nơi {value} người.",
        "many_lead_finished": "Về số người hoàn thành, {number} đơn vị cùng dẫn đầu, mỗi nơi {value} người.",
        "leads_ratio": "Xét theo tỷ lệ người hoàn thành trên dân số, cao nhất là {name} với {value}{followed}.",
        "share_lead_ratio": "Xét theo tỷ lệ người hoàn thành trên dân số, {names} cùng cao nhất, đạt {value}.",
        "many_lead_ratio": "Xét theo tỷ lệ người hoàn thành trên dân số, {number} đơn vị cùng cao nhất, đạt {value}.",
        "top_registered": "Top 10 đơn vị có số lượng thí sinh đăng ký tham gia nhiều nhất (tính đến {clock})",
        "top_finished": "Top 10 đơn vị có số lượng thí sinh hoàn thành bài thi nhiều nhất (tính đến {clock})",
        "top_ratio": "Top 10 đơn vị có tỷ lệ hoàn thành trên dân số cao nhất (tính đến {clock})",
        "rank": "Hạng",
        "unit": "Đơn vị",
        "registered": "Số người đăng ký",
        "finished": "Số người hoàn thành",
        "ratio": "Tỷ lệ",
        "run_by": "Cuộc thi “{name}” do {organiser} tổ chức.",
        "run_by_two": "Cuộc thi “{name}” do {organiser} phối hợp với {operator} tổ chức.",
        "when": "Cuộc thi diễn ra từ ngày {first} đến hết ngày {last}, hoàn toàn trực tuyến: người dân học và "
        "thi mọi lúc, "
        "mọi nơi bằng điện thoại, máy tính bảng hoặc máy tính.",
        "learn": "Thí sinh học {number} chuyên đề: {topics}; sau đó",
        "learn_nothing": "Thí sinh",
        "exam": "làm bài thi trắc nghiệm gồm {asked} câu hỏi ngẫu nhiên và gửi bài chia sẻ “{motto}”. "
        "Tham gia tại {address}.",
        "source": "Nguồn số liệu và cách tính",
        "source_sealed": "Số liệu lấy từ Bản tin số {number} của {organiser}, tính đến {clock}, gồm các điều "
        "chỉnh biết đến "
        "{known}. Bản tin được ký số: sửa một chữ cũng bị phát hiện, và ai cũng có thể kiểm tra.",
        "source_today": "Số liệu tính đến {clock} theo các điều chỉnh biết đến {known}, vì vậy có thể khác Bản "
        "tin số {number} "
        "đã công bố.",
        "source_unpublished": "Số liệu tính đến {clock} của {organiser}, chưa công bố thành bản tin.",
    },
    "en": {
        "headline": "{registered_rough} people take part in “{name}”",
        "headline_open": "“{name}” is open from {first} to {last}",
        "since_today": "on the very first day",
        "since_day": "one day after the opening",
        "since_days": "{days} days after the opening",
        "since_over": "after its closing",
        "lead": "As of {clock}, {since}, the contest “{name}” had {registered_rough} people registered, {done}.",
        "done": "of whom {finished_rough} had finished the exam",
        "nobody_done": "none of whom had finished the exam yet",
        "drawn": " It has drawn {crowd} people in {place} to learn and to sit the exam online.",
        "figures": "The contest counted **{registered}** people registered, {those}{tried} and "
        "**{visits_rough}** visits.",
        "in_all_units": "of whom **{finished}**, in all **{units}** units, finished the exam",
        "in_units": "of whom **{finished}**, in **{finished_units}** of {units} units, finished the exam",
        "not_yet": "none of whom has finished the exam",
        "attempts": ", with **{attempts}** attempts",
        "share": "The number who finished is {share} of those registered.",
        "each": "Each finisher made {each} attempts on average.",
        "of_all": "Of the units' {population} inhabitants, {of_all} have finished.",
        "and": " and ",
        "followed": ", followed by {names}",
        "leads_registered": "By people registered, {name} leads with {value}{followed}.",
        "share_lead_registered": "By people registered, {names} lead together with {value} each.",
        "many_lead_registered": "By people registered, {number} units lead together with {value} each.",
        "leads_finished": "By people finished, {name} leads with {value}{followed}.",
        "share_lead_finished": "By people finished, {names} lead together with {value} each.",
        "many_lead_finished": "By people finished, {number} units lead together with {value} each.",
        "leads_ratio": "By finished people as a share of the population, {name} leads with {value}{followed}.",
        "share_lead_ratio": "By finished people as a share of the population, {names} lead together with {value}.",
        "many_lead_ratio": "By finished people as a share of the population, {number} units lead together with "
        "{value}.",
        "top_registered": "Top 10 units by people registered (as of {clock})",
        "top_finished": "Top 10 units by people finished (as of {clock})",
        "top_ratio": "Top 10 units by finished people as a share of the population (as of {clock})",
        "rank": "Rank",
        "unit": "Unit",
        "registered": "People registered",
        "finished": "People finished",
        "ratio": "Ratio",
        "run_by": "“{name}” is organised by {organiser}.",
        "run_by_two": "“{name}” is organised by {organiser} together with {operator}.",
        "when": "It runs from {first} to the end of {last}, wholly online: anybody can learn and sit the exam "
        "at any time and "
        "anywhere, on a phone, a tablet or a computer.",
        "learn": "Contestants learn {number} topics ({topics}), then",
        "learn_nothing": "Contestants",
        "exam": "answer {asked} random questions and send in a share, “{motto}”. Take part at {address}.",
        "source": "Source and method",
        "source_sealed": "The figures are those of Bulletin no. {number} by {organiser}, as of {clock}, with "
        "the corrections "
        "known at {known}. The bulletin is signed: whoever alters a letter is found out, and anybody can check it.",
        "source_today": "Figures as of {clock} with the corrections known at {known}; they may differ from Bulletin "
        "no. {number} as published.",
        "source_unpublished": "Figures as of {clock} by {organiser}, not published as a bulletin.",
    },
}
