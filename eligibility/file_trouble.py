"""Why a file or folder could not be opened or written, in words: the system says it in English."""

from __future__ import annotations

import errno
from collections.abc import Mapping

_WORDS: Mapping[int, str] = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.EEXIST: "已经有同名的文件或文件夹",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "链接绕成了圈",
    errno.EROFS: "这个磁盘只能读，不能写",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "分给您的磁盘空间用完了",
    errno.EFBIG: "文件太大，这个磁盘放不下",
    errno.EBUSY: "正被别的程序使用",
    errno.ETXTBSY: "正被别的程序使用",
    errno.EMFILE: "同时打开的文件太多",
    errno.ENFILE: "同时打开的文件太多",
    errno.EIO: "磁盘出错",
}


def why(error: OSError) -> str:
    """Why, as it stands in brackets after what could not be done."""
    return _WORDS.get(error.errno or 0) or (f"系统报错，编号 {error.errno}" if error.errno else "磁盘出错")
