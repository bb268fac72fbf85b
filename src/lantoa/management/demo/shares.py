"""Invented shares: what people of every age might really send."""

SLOGANS = [
    "Học số hôm nay, an toàn ngày mai.",
    "Dừng một nhịp, giữ cả nhà.",
    "Ông bà học số, con cháu yên lòng.",
    "Không đọc mã, không mất tiền.",
    "Tôi học số, cả xóm cùng hay.",
    "Biết một điều, mách một người.",
    "Chậm một phút, khỏi lo một đời.",
    "Máy gợi ý, mình quyết định.",
    "Mỗi nhà một người thạo, cả phố cùng an.",
    "Mật khẩu dài, giấc ngủ ngon.",
]
MESSAGES = [
    (
        "Hôm nay tôi dạy mẹ tự mở ứng dụng ngân hàng để xem số dư, không bấm vào tin nhắn lạ nữa. "
        "Mẹ bảo: hóa ra không khó."
    ),
    "Cháu 13 tuổi. Cháu đã bật khóa hai lớp cho máy của bà và viết cụm mật khẩu vào sổ để bà cất trong tủ.",
    (
        "Tổ dân phố chúng tôi hẹn nhau 19 giờ thứ Sáu, mỗi nhà một người, cùng học một bài. "
        "Ai không có máy thì ngồi chung."
    ),
    "Trước đây tôi hay chia sẻ tin trong nhóm. Giờ tôi hỏi ba câu: Ai nói? Nơi nào khác nói? Bản gốc ở đâu?",
    (
        "Tôi bán hàng ở chợ. Học xong, tôi luôn đọc tên người nhận trước khi khách quét mã. "
        "Chiều nay phát hiện một mã bị dán đè."
    ),
    "Tôi 68 tuổi, lần đầu tự nộp hồ sơ trên mạng. Cháu ngồi bên cạnh chỉ nhắc đúng hai lần.",
]
STORIES = [
    (
        "Tuần trước có người gọi, xưng công an, đọc đúng tên và số căn cước của tôi, bảo chuyển tiền để chứng minh "
        "trong sạch. Tôi run lắm. Nhưng bài học có câu: giục là dừng. Tôi tắt máy, sang hỏi công an phường. "
        "Các anh bảo đó là lừa đảo. Tối ấy tôi kể lại cho cả nhà, rồi kể ở buổi họp tổ. "
        "Có hai bác nói cũng vừa bị gọi. Tôi mong ai cũng biết năm dấu hiệu."
    ),
    (
        "Bố tôi đi biển, mỗi chuyến xa nhà nửa tháng. Tôi mở bài học cho bố nghe đọc to lúc ở bến. "
        "Bố thích nhất bài mặt giả, giọng giả, vì trên tàu hay nhận cuộc gọi lạ. Nhà tôi giờ có một câu mật khẩu "
        "riêng. Lần trước tôi gọi xin tiền học, bố hỏi mật khẩu thật, hai bố con cười mãi. "
        "Học số với nhà tôi là như vậy: gần hơn một chút, yên tâm hơn một chút."
    ),
]
RETURN_REASON = "Bài có số điện thoại của người khác. Bạn bỏ số đó rồi gửi lại giúp."
